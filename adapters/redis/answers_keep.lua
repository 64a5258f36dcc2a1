-- Keep what was looked up under a lease, and end the lease.
-- KEYS: the answer, its lease. They share a slot.
-- ARGV: the token of the lease; the answer's life in milliseconds, 0 for none;
-- the answer.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
if tonumber(ARGV[2]) > 0 then redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2]) end
return 1
