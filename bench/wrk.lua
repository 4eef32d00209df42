-- Sends the requests of a file, one after the other and then again: a line with the secret, a line with the body.
local requests = {}
local sent = 0

function init(arguments)
  local secret
  for line in io.lines(arguments[1]) do
    if secret == nil then
      secret = line
    else
      local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. secret }
      requests[#requests + 1] = wrk.format("POST", "/graphql", headers, line)
      secret = nil
    end
  end
end

function request()
  sent = sent % #requests + 1
  return requests[sent]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "p50_ms": %.4f, "p99_ms": %.4f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
