package main

import (
	"context"
	"fmt"
	"time"
)

const restricted = "pod-security.kubernetes.io/enforce"

// within makes the namespace, in which Pod Security "restricted" is enforced, runs do, and removes it with all that is
// in it, however do ended. A namespace that is there already is somebody's, and refused.
func within(ctx context.Context, k kubectl, do func(context.Context) error) (err error) {
	bare := k
	bare.namespace = ""
	if _, err := bare.try(ctx, nil, "create", "namespace", k.namespace); err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
		defer cancel()
		if _, e := bare.try(ctx, nil, "delete", "namespace", k.namespace); e != nil && err == nil {
			err = fmt.Errorf("the namespace %s is still there: %w", k.namespace, e)
		}
	}()
	if _, err := bare.try(ctx, nil, "label", "namespace", k.namespace, restricted+"=restricted"); err != nil {
		return err
	}
	return do(ctx)
}
