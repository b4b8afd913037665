package supervisor

import (
	"fmt"

	"drainit/internal/config"
	"drainit/internal/launch"
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
	parse := config.Parse
	if look.UnderDrainit() {
		parse = config.ParseUnder
	}
	cfg, warnings, err := parse(args, env)
	if err == nil && !cfg.Help && !cfg.Version {
		err = launch.Machine(cfg)
	}
	return cfg, warnings, err
}
