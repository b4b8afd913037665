package shapes_test

import "strings"

// inWrappers are programs that start another: around nginx, and around a shell
// around it. Some end with nginx's status, some with that of the signal.
func inWrappers() []shape {
	var shapes []shape
	for name, words := range map[string]string{
		"nice": "nice -n 5", "ionice": "ionice -c 3", "timeout": "timeout 1000", "timeout -k": "timeout -k 5 1000", "setsid -w": "setsid -w", "flock": "flock /t/lock",
		"chpst": "chpst -u root", "env -S": "env -S", "stdbuf": "stdbuf -oL", "setpriv": "setpriv --no-new-privs", "su": "su -c", "su -": "su - -c", "sudo": "sudo",
		"runuser": "runuser -u root --", "gosu": "gosu root", "tini": "tini --", "start-stop-daemon": "start-stop-daemon --start --exec", "unshare": "unshare --fork", "script": "script -qec",
		"busybox": "busybox timeout 1000", "xargs": "xargs -a /dev/null", "nohup": "nohup", "chroot": "chroot /",
	} {
		w := strings.Fields(words)
		one := func(words ...string) []string { return append(append([]string{}, w...), words...) }
		alone, around := one("/usr/sbin/nginx"), one("sh", "-c", withMarks("/usr/sbin/nginx; mark next"))
		switch name {
		case "su", "su -", "script":
			around = one(`sh -c "` + withMarks("/usr/sbin/nginx; mark next") + `"`)
			if name == "script" {
				alone, around = append(alone, "/dev/null"), append(around, "/dev/null")
			}
		case "env -S":
			around = one(`sh -c "` + withMarks("/usr/sbin/nginx; mark next") + `"`)
		case "start-stop-daemon":
			around = one("/bin/sh", "--", "-c", withMarks("/usr/sbin/nginx; mark next"))
		}
		const any = "0|124|143"
		shapes = append(shapes,
			shape{name: name, argv: alone, gets: "8080/big", told: quit, program: "nginx", status: any},
			shape{name: name + ", a shell", argv: around, gets: "8080/big", told: quit, program: "nginx", status: any})
	}
	return shapes
}
