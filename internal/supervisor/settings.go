package supervisor

import (
	"fmt"

	"drainit/internal/config"
	"drainit/internal/look"
	"drainit/internal/version"
)

func inform(cfg config.Config) int {
	if cfg.Help {
		fmt.Print(config.Usage)
	} else {
		fmt.Println(version.Line())
	}
	return 0
}

// read reads the settings, some of which another drainit above this one has seen to.
func read(args, env []string) (config.Config, []string, error) {
	if look.UnderDrainit() {
		return config.ParseUnder(args, env)
	}
	return config.Parse(args, env)
}
