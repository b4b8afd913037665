# /sleep/N takes N s, by the clock: sleep returns early at a signal.
use Time::HiRes qw(time sleep);
sub {
    my $env = shift;
    if ($env->{PATH_INFO} =~ m{^/sleep/(\d+)}) {
        my $end = time + $1;
        sleep 0.01 while time < $end;
    }
    [200, ["Content-Type" => "text/plain", "Content-Length" => 3], ["ok\n"]];
};
