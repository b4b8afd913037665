package release_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const archive = "drainit-" + version + "-oci.tar"

func TestSkopeo(t *testing.T) {
	out := inDebian(t, `
		image=oci:drainit-`+version+`-oci:`+tag+`
		skopeo --insecure-policy copy --quiet --all "$image" dir:/run/copy
		skopeo --insecure-policy copy --quiet --all oci-archive:`+archive+` dir:/run/second
		cmp /run/copy/manifest.json /run/second/manifest.json
		skopeo inspect --raw "$image"`)
	var index struct {
		Manifests []struct {
			Platform struct{ Architecture, OS, Variant string }
		}
	}
	if err := json.Unmarshal([]byte(out), &index); err != nil {
		t.Fatal(err)
	}
	var platforms []string
	for _, m := range index.Manifests {
		platforms = append(platforms, m.Platform.OS+"/"+m.Platform.Architecture+"/"+m.Platform.Variant)
	}
	if want := []string{"linux/" + runtime.GOARCH + "/", "linux/arm/v7"}; !slices.Equal(platforms, want) {
		t.Errorf("the index is of %q, want %q", platforms, want)
	}
}

// Podman takes this machine's platform from the archive. It runs the image, mounts it into a container, and mounts it
// for us: read-only and nosuid it still runs.
func TestPodman(t *testing.T) {
	expectLines(t, inDebian(t, `
		mount -t cgroup2 none /sys/fs/cgroup
		podman() { command podman --storage-driver=vfs --cgroup-manager=cgroupfs --events-backend=file "$@"; }
		contain() { podman run --rm --network=none --cgroups=disabled "$@"; }
		image=localhost/drainit:`+tag+`
		podman load --quiet -i `+archive+`
		podman image inspect --format '{{.Os}}/{{.Architecture}} {{.Config.Entrypoint}} [{{.Config.User}}]' "$image"
		contain "$image" /drainit --version
		contain --mount "type=image,source=$image,destination=/mounted" --entrypoint /mounted/drainit "$image" -- /drainit --version
		path=$(podman image mount "$image")
		find "$path" -type f -printf '%P %m %U:%G\n'
		mount --bind "$path" /mnt && mount -o remount,bind,ro,nosuid,nodev /mnt
		/mnt/drainit --log-level=error -- sh -c 'exit 7' || echo "status $?"`),
		"Loaded image: localhost/drainit:"+tag,
		"linux/"+runtime.GOARCH+" [/drainit --] []",
		says(), says(),
		"drainit 755 0:0",
		"status 7")
}

// Docker without containerd's image store knows no index, and loads each platform under a tag of its own.
func TestDocker(t *testing.T) {
	if err := exec.Command("docker", "info").Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("docker: no engine answers, and CI=true requires one")
		}
		t.Skip("docker: no engine answers")
	}
	name := "localhost/drainit:" + tag
	copied := fmt.Sprintf("drainit-release-test:%d", os.Getpid())
	docker := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("docker", args...)
		cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT=0")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	for _, image := range []string{copied, name, name + "-" + runtime.GOARCH, name + "-" + other} {
		t.Cleanup(func() { _ = exec.Command("docker", "rmi", "--force", image).Run() })
	}

	loaded := docker("load", "--quiet", "--input", filepath.Join(release(t), archive))
	if !strings.Contains(loaded, name+"-") { // with containerd's store: the index, under its one name
		expectLines(t, loaded, "Loaded image: "+name)
	} else {
		expectLines(t, loaded, "Loaded image: "+name+"-"+runtime.GOARCH, "Loaded image: "+name+"-"+other)
		name += "-" + runtime.GOARCH
	}

	dir := t.TempDir()
	dockerfile := "FROM scratch\nCOPY --from=" + name + " /drainit /drainit\nENTRYPOINT [\"/drainit\", \"--\"]\n"
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(dockerfile), 0o600); err != nil {
		t.Fatal(err)
	}
	docker("build", "--network=none", "--tag", copied, dir)
	for _, image := range []string{name, copied} {
		expectLines(t, docker("run", "--rm", "--network=none", image, "/drainit", "--version"), says())
	}
}
