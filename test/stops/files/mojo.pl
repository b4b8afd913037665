#!/usr/bin/perl
# /sleep/N takes N s.
use Mojolicious::Lite -signatures;
get "/" => { text => "ok\n" };
get "/sleep/:n" => sub ($c) { Mojo::IOLoop->timer($c->param("n") => sub { $c->render(text => "ok\n") }); $c->render_later };
app->config(hypnotoad => { listen => ["http://*:8080"], workers => 2, pid_file => "/tmp/hypnotoad.pid" });
app->start;
