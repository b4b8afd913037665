package main

// statement is what the guide says, as it stands there, and the check that it holds; or why there is none.
type statement struct {
	says  string
	check check
	why   string
}

// What keeps a statement from being checked.
const (
	cloud   = "takes a cloud's balancer, or its nodes"
	mesh    = "takes a mesh"
	drained = "takes all pods of a node away, which may be anybody's"
	kubelet = "takes the kubelet's configuration, or its node"
	tested  = "no cluster is needed: tests of internal/drain and test/docs have it"
)

var statements = []statement{
	{says: `Pod Security "restricted" admits all.`, check: namespaceIsRestricted},
	{says: "hold + longest request + 2 s, 4 s or 7 s: the table below", why: tested},
	{says: "drainit's SIGKILL is 2 s before the platform's", check: killsTwoSecondsEarly},
	{says: "5s, the default", check: holdsFiveSeconds},
	{says: "that signal cuts, 2 s before drainit's SIGKILL", why: tested},
	{says: "the wait ends where the reserve begins, 5 s before drainit's SIGKILL", why: tested},
	{says: "a drain does not count", why: "takes a drain longer than progressDeadlineSeconds, minutes"},
	{says: "New connections lose nothing behind a hold, be it drainit's or a sleep's, if requests take no longer than it.", check: deploymentLosesNothing},
	{says: "If one must stay (a policy adds it, a proxy needs it), the two add up, and its time has passed before drainit gets the stop:", check: hookAddsUp},
	{says: "Readiness does not fail during a hook.", check: readyInAHook},
	{says: "After a hook that takes the whole grace period the container has 2 s.", check: hookThatTakesAllLeavesTwo},
	{says: "an init container runs `drainit ctl install` into an emptyDir, and `command:` runs drainit from there.", check: initContainerLosesNothing},
	{says: "`command:` replaces ENTRYPOINT *and* CMD, so write both after the `--`.", check: commandReplacesEntrypoint},
	{says: "drainit must be of the nodes' architecture.", why: "takes nodes of two"},
	{says: "The image's STOPSIGNAL still works.", check: stopsignalOfTheImage},
	{says: "From Kubernetes 1.36 on (KEP-4639) an image volume does without the init container.", check: imageVolume},
	{says: `with one that does, the container fails with "permission denied".`, why: "takes a runtime that mounts image volumes so"},
	{says: "Leave `bindMountOptions: [noexec]` (KEP-5855, alpha in 1.37) out of the mount that has drainit.", why: "takes an alpha feature"},
	{says: "PID 1 is the pod's pause container, and drainit becomes [a subreaper](../concepts.md#not-pid-1).", check: sharedProcessNamespace},
	{says: "`kill -TERM 1` goes to the pause container, and ends the whole pod.", check: termToPauseEndsThePod},
	{says: "The balancer asks each node's `healthCheckNodePort`, which fails once the node has no ready pod", check: localBalancerIsTold},
	{says: "and follows after some failures.", why: cloud},
	{says: "Meanwhile kube-proxy gives requests to the terminating pod only while that is ready.", check: drainingEndpointIsServing},
	{says: "Once it fails its probe its requests are refused, though it serves.", check: lastReadyPodIsRefused},
	{says: "let the probe fail later than the hold ends, as in the example", check: slowProbeServes},
	{says: "or set `DRAINIT_UNREADY_AFTER=stop`.", check: unreadyAfterStopServes},
	{says: "such as a balancer with pods as targets", why: cloud},
	{says: "a scale-down", check: scaleDownDrains},
	{says: "an eviction through the API", check: evictionDrains},
	{says: "`kubectl drain`", why: drained},
	{says: "a job's `activeDeadlineSeconds`", check: activeDeadlineDrains},
	{says: "| `kubectl delete --grace-period=N`", check: shortGraceIsTheDeletions},
	{says: "`kubectl drain --grace-period=N`", why: drained},
	{says: "| `kubectl delete --now`", check: nowGivesTwoSeconds},
	{says: "or `kubectl delete --grace-period=0 --force` | 2 s, whatever was set", check: forceGivesTwoSeconds},
	{says: "an emptyDir beyond its `sizeLimit` | 2 s", check: sizeLimitEvictsInTwo},
	{says: "at a hard threshold no time, at a soft one the kubelet's `eviction-max-pod-grace-period` at most", why: kubelet},
	{says: "the kubelet's `shutdownGracePeriod` less `shutdownGracePeriodCriticalPods`", why: kubelet},
	{says: "SIGKILL may come within the hold, and the program never gets its signal:", check: nowGivesTwoSeconds},
	{says: "A second delete of a pod that drains sends no signal, and shortens nothing.", check: secondDeleteShortensNothing},
	{says: "a hold of 1 s leaves the program 2 s of `--grace-period=3`", check: shorterHoldFitsAShortGrace},
	{says: "To end a hold by hand, `kubectl exec POD -- /drainit ctl stop`, in images without a shell too.", check: ctlStopEndsTheHold},
	{says: "From Kubernetes 1.29 on make the proxy a native sidecar, which ends with the job.", check: nativeSidecarEndsWithItsJob},
	{says: "two ordinary containers, of which the proxy has", check: jobEndsWithItsProxy},
	{says: "[an app and its proxy in a Deployment](../../examples/sidecar/kubernetes.yaml)", check: appStopsBeforeItsProxy},
	{says: "`maxUnavailable: 0` needs room for `maxSurge` more pods", check: quotaStallsARollout},
	{says: "Without room the rollout stalls (`exceeded quota`)", check: quotaStallsARollout},
	{says: "may say done while the last old pods still drain", check: rolloutIsDoneBeforeItsDrains},
	{says: "get SIGTERM after the app's containers", check: nativeSidecarGoesLast},
	{says: "Istio rewrites httpGet probes, so they work", why: mesh},
	{says: "ztunnel learns of a pod's end 200 to 500 ms after the server exits", why: mesh},
	{says: "keeps the server's GOAWAY to itself until it is stopped", why: mesh},
	{says: "GKE gives pods 15 s of its 30 s by default", why: cloud},
	{says: "A node's shutdown does not mark pods as terminating: only `/readyz` shows it", why: kubelet},
	{says: "make variables `DRAINIT_…_PORT` in every pod of the namespace: drainit ignores them", check: serviceLinksAreIgnored},
}
