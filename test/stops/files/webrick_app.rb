# /sleep/N takes N s. It ends on SIGTERM as WEBrick's own documentation has it for SIGINT.
require "webrick"

server = WEBrick::HTTPServer.new(Port: 8080, AccessLog: [])
server.mount_proc("/") do |request, response|
  sleep Integer($1) if request.path =~ %r{\A/sleep/(\d+)}
  response.body = "ok\n"
end
trap("TERM") { server.shutdown }
trap("INT") { server.shutdown }
server.start
