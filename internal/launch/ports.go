package launch

import (
	"log/slog"

	"drainit/internal/config"
	"drainit/internal/freeport"
)

// ChoosePorts chooses the program's port behind each --front that names none, and says
// which in the log: the program is told in its environment.
func ChoosePorts(cfg config.Config, env []string, log *slog.Logger) (config.Config, error) {
	chosen, err := cfg.WithPorts(func() (uint16, error) { return freeport.Choose(cfg.IsNamed) })
	if err != nil {
		return cfg, err
	}
	for i, one := range chosen.Front {
		if cfg.Front[i].Target.Known() {
			continue
		}
		attrs := []any{"front", one.String(), "variable", one.Variable}
		if before := config.Getenv(env, one.Variable); before != "" {
			attrs = append(attrs, "instead_of", before)
		}
		log.Info("the program's port is chosen", attrs...)
	}
	return chosen, nil
}
