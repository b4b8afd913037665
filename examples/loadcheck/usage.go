package main

const usage = `usage: loadcheck [flags] URL

Asks URL at a fixed rate and says what was lost, how, and when. Run it while you
roll out: it exits 1 if a single request was lost.

Requests begin at their instants whatever became of those before, and nothing is
sent twice. Lost is what got no whole answer of status 200 to 399: refused,
reset, cut (closed before the answer was whole), timeout, unreachable, 5xx, 4xx,
other. Redirects are not followed. HTTP/1.1, with no proxy. A name with several
addresses is used by turns (IPv4 if it has any), one address for one request.

When:

  -rate N               requests a second (50)
  -duration D           how long requests are sent; 0: until interrupted (1m)
  -timeout D            lost if not answered this long after it was due (10s)
  -slow D               slow if answered later than this after it was due (1s)
  -in-flight N          the most at the same time; one that is due then is not
                        sent, which is said and makes the exit status 1 (1000)

What:

  -keep N               keep N connections and use them by turns, more only
                        while all are in use; 0: a new one for each request (0).
                        One found closed before its next request is replaced
                        and counted; a request already written is lost with it
  -method METHOD        (GET; POST with -body)
  -body TEXT|@FILE      what to send
  -header 'NAME: VALUE' may be repeated
  -insecure             believe any certificate

Who answered:

  -version-header NAME  the header of an answer that names a version (X-Version)
  -version-body REGEXP  instead, what the first group of REGEXP, or all of it,
                        matches in the body (its first 64 KiB)

How long to hold:

  -hold                 watch the stops that you make meanwhile, say how long
                        after each stop request requests still came to the old
                        instance, and which --drain-delay would have lost none
  -drain [NAME=]HOST:PORT  where the drainit of an instance answers; may be
                        repeated. A host's name is looked up every second, all
                        its addresses are instances. NAME: what the instance's
                        answers have for a version, so that they count too
  -apart D              stops this close are one rollout (1m)
  -ignore-arrivals      go by answers of that name and by losses alone: /drain
                        counts every connection, health checks among them

Output: progress on standard error; a plot over time and a summary on standard
output, or with -json one object of JSON. The first interrupt ends the sending
and waits for what is in flight, the second ends everything. Exit status: 0
nothing lost, 1 something lost or not sent, 2 wrong use; with -hold 0 if it told
how long, 1 if not.

  -report FILE          also draw the requests over time, who answered, and each
                        lost request (the first 2000), as a page of HTML

Example: a rollout of a service that names its version, with new connections in
one terminal and POST on kept ones in another:

    loadcheck -rate 100 -duration 2m http://127.0.0.1:8080/
    loadcheck -rate 100 -duration 2m -keep 10 -body '{"n":1}' \
        -header 'Content-Type: application/json' http://127.0.0.1:8080/orders
`
