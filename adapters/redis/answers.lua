-- Find an answer, and who is to look it up.
-- KEYS: the answer, its lease. They share a slot.
-- ARGV: what is left of a fresh answer, in milliseconds; the token of the lease
-- and its length in milliseconds.
-- Returns: the answer or false, what is left of it, whether the lease is granted.
local value = redis.call('GET', KEYS[1])
local left = 0
if value then
  left = redis.call('PTTL', KEYS[1])
  if left > tonumber(ARGV[1]) then return {value, left, 0} end
end
local granted = redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3])
return {value, left, granted and 1 or 0}
