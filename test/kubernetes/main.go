// Command kubernetes rolls the examples out on a cluster that is named to it, asks their Services meanwhile from within,
// checks what docs/guides/kubernetes.md says, and writes docs/proof/kubernetes.md.
//
// It makes a namespace, and removes it with all that is in it. It decides what is tried; the cluster, and how images come
// to its nodes, are the caller's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

type settings struct {
	kubectl
	load, bin, out, only  string
	rollouts              int
	table, tables, checks bool
}

func main() {
	if err := start(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "kubernetes:", err)
		os.Exit(1)
	}
}

func start(args []string) error {
	s, err := parse(args)
	if err != nil {
		return err
	}
	if s.tables {
		return write(s.document(), "", nil)
	}
	// An hour bounds all of it.
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	return s.run(ctx)
}

func parse(args []string) (*settings, error) {
	s := &settings{}
	flags := flag.NewFlagSet("kubernetes", flag.ContinueOnError)
	flags.StringVar(&s.program, "kubectl", "kubectl", "the kubectl to use")
	flags.StringVar(&s.config, "kubeconfig", "", "its kubeconfig")
	flags.StringVar(&s.context, "context", "", "the context of the kubeconfig, which has to be named")
	flags.StringVar(&s.namespace, "namespace", "drainit-test", "the namespace that is made and removed")
	flags.StringVar(&s.load, "image-load", "", "the command that gives the nodes an image, by an archive (ctr -n k8s.io images import) or by name (kind load docker-image)")
	flags.StringVar(&s.bin, "bin", "bin", "where drainit, server, loadcheck and kubernetes-standin are")
	flags.StringVar(&s.out, "o", "", "the document to write, such as docs/proof/kubernetes.md; - is none")
	flags.StringVar(&s.only, "only", "", "only the checks and lanes whose names match; then no document is written")
	flags.IntVar(&s.rollouts, "rollouts", 3, "rollouts of each lane")
	flags.BoolVar(&s.table, "table", true, "roll the lanes out, too")
	flags.BoolVar(&s.checks, "checks", true, "make the checks of statements")
	flags.BoolVar(&s.tables, "tables", false, "only write the tables of statements, which take no cluster")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("%q: no arguments are expected", flags.Arg(0))
	case s.tables:
		return s, nil
	case s.context == "":
		return nil, errors.New("name the cluster: CONTEXT=… of `kubectl config get-contexts`; the current one is not taken, since it may be anybody's")
	case s.load == "":
		return nil, errors.New("say how the nodes get an image: IMAGE_LOAD='kind load docker-image' or 'ctr -n k8s.io images import', or IMAGE_LOAD=: if they have those of test/kubernetes/images.go")
	}
	if _, err := regexp.Compile(s.only); err != nil {
		return nil, fmt.Errorf("-only: %w", err)
	}
	return s, nil
}

func (s *settings) run(ctx context.Context) error {
	if _, err := exec.LookPath(s.program); err != nil {
		return fmt.Errorf("%w: name a kubectl by KUBECTL=…", err)
	}
	machine, err := s.machine(ctx)
	if err != nil {
		return err
	}
	fmt.Println(machine)
	if err := give(ctx, s.load, images(s.bin)); err != nil {
		return err
	}
	want := regexp.MustCompile(s.only).MatchString
	return within(ctx, s.kubectl, func(ctx context.Context) error {
		l := &lab{kubectl: s.kubectl, rollouts: s.rollouts, say: func(format string, args ...any) { fmt.Printf(format+"\n", args...) }}
		if l.deployment, err = l.read(ctx, "examples/kubernetes/deployment.yaml"); err != nil {
			return err
		}
		var failed []string
		if s.checks {
			failed = l.check(ctx, want)
		}
		var results []*result
		if s.table {
			if results, err = l.table(ctx, want); err != nil {
				return err
			}
		}
		if len(failed) > 0 {
			return fmt.Errorf("%d checks failed", len(failed))
		}
		if s.only != "" || s.out == "" || s.out == "-" {
			return nil
		}
		return write(s.out, machine, results)
	})
}

// document is where tables go that are not measured.
func (s *settings) document() string {
	if s.out != "" {
		return s.out
	}
	return "docs/proof/kubernetes.md"
}

// machine says what it is run on.
func (s *settings) machine(ctx context.Context) (string, error) {
	var version struct {
		ServerVersion struct{ GitVersion string }
	}
	bare := s.kubectl
	bare.namespace = ""
	out, err := bare.try(ctx, nil, "version", "-o", "json")
	if err != nil {
		return "", err
	}
	if err := decode(out, &version); err != nil {
		return "", err
	}
	var nodes struct {
		Items []struct {
			Status struct {
				NodeInfo struct{ ContainerRuntimeVersion, KernelVersion, Architecture string }
			}
		}
	}
	if err := bare.get(ctx, &nodes, "nodes"); err != nil {
		return "", err
	}
	if len(nodes.Items) == 0 {
		return "", errors.New("the cluster has no nodes")
	}
	info := nodes.Items[0].Status.NodeInfo
	drainit, err := exec.CommandContext(ctx, s.bin+"/drainit", "--version").Output()
	if err != nil {
		return "", err
	}
	return describe(time.Now(), version.ServerVersion.GitVersion, len(nodes.Items), info.ContainerRuntimeVersion, info.KernelVersion, info.Architecture, string(drainit)), nil
}
