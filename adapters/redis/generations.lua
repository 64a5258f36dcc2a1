-- Begin new generations of areas. A generation is the time in microseconds, so
-- that none comes twice although the server has lost them.
-- KEYS: the generations. ARGV: the areas. Returns: their generations.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local all = {}
for i, area in ipairs(ARGV) do
  local former = tonumber(redis.call('HGET', KEYS[1], area) or '0')
  all[i] = math.max(now, former + 1)
  redis.call('HSET', KEYS[1], area, string.format('%.0f', all[i]))
end
return all
