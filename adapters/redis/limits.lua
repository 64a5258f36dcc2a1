-- The generic cell rate algorithm over several buckets at once, on the clock
-- of this server. A bucket is the moment, in microseconds, at which it will be
-- full again; one that has been full is gone.
-- KEYS: the buckets.
-- ARGV: cost, want; then of each bucket the interval in microseconds, the
-- burst, the debt to assume when the bucket is gone, and the calls that were
-- allowed elsewhere and are to be counted when it is not.
-- Returns: granted, wait in microseconds, which bucket refused, calls left in
-- the lowest bucket; then of each bucket its debt in microseconds.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local cost, grant = tonumber(ARGV[1]), tonumber(ARGV[2])
local full, wait, refuser = {}, 0, 0

local function bucket(i)
  local first = 4 * i - 1
  return tonumber(ARGV[first]), tonumber(ARGV[first + 1]), tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3])
end

for i = 1, #KEYS do
  local interval, burst, debt, owed = bucket(i)
  local most = burst * interval
  local at = redis.call('GET', KEYS[i])
  at = at and math.max(tonumber(at), now) + owed * interval or now + debt
  -- No bucket is emptier than empty, whatever this server's clock has done.
  full[i] = math.min(at, now + most)
  local free = math.floor((now + most - full[i]) / interval)
  if free < cost then
    local longest = full[i] + cost * interval - now - most
    if longest > wait then wait, refuser = longest, i end
  end
  -- A bucket that runs low is given out in small parts, so that the last calls
  -- are there for whoever makes them.
  grant = math.min(grant, math.max(cost, math.floor(free / 8)))
end

if refuser > 0 then grant = 0 end
local left, answer = nil, {grant, math.ceil(wait), refuser, 0}
for i = 1, #KEYS do
  local interval, burst, _, owed = bucket(i)
  -- Rounded up: what is too little for a microsecond must not add up to a call.
  local at = math.ceil(full[i] + grant * interval)
  if at > now and (grant > 0 or owed > 0) then
    redis.call('SET', KEYS[i], string.format('%.0f', at), 'PX', math.ceil((at - now) / 1000) + 1)
  end
  local free = math.max(0, math.floor((now + burst * interval - at) / interval))
  left = math.min(left or free, free)
  answer[4 + i] = at - now
end
answer[4] = left
return answer
