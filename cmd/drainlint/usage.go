package main

const usage = `usage: drainlint [flags] [FILE...]

Judges rendered Kubernetes manifests before they are applied: whether a rollout,
an eviction or a stop loses requests. FILE is YAML or JSON, of several documents
or lists; - or none is standard input.

  -format text|sarif   SARIF 2.1.0, for code scanning     (default text)
  -rate N              requests a second that each workload gets, for what a
                       finding costs                      (default 100)
  -level LEVEL         error, warning or note: nothing below it is said
                                                          (default note)
  -skip LIST           checks that are not made: one-replica,pdb-missing
  -list                the checks, and what each follows from
  -version             version, Go version, platform

An object skips checks by an annotation: drainlint/skip: one-replica,pdb-missing.
Exit status: 0 no finding, 1 findings, 2 input or flags that cannot be used.

  drainlint deployment.yaml service.yaml
  helm template CHART | drainlint
  kubectl kustomize DIR | drainlint -format sarif - >drainlint.sarif
`
