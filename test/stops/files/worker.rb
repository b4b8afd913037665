# A job that takes as long as it is told, and then says so in the queue's own Redis.
require "sidekiq"

Sidekiq.configure_server { |config| config.redis = { url: "redis://127.0.0.1:6379" } }

class Job
  include Sidekiq::Worker
  sidekiq_options retry: false

  def perform(name, seconds)
    sleep seconds
    Sidekiq.redis { |redis| redis.rpush("done:#{name}", "ok") }
  end
end
