package config

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// budgetVariable tells the program how long it has: see [Config.StopBudget].
const budgetVariable = variablePrefix + "STOP_BUDGET"

// The words that --expand replaces in COMMAND's arguments.
const (
	budgetWord = "{stop_budget}"
	graceWord  = "{grace_period}"
)

// budgetMargin is what a program has to end in once its own timeout has, or a fifth of its
// time if that is less.
const budgetMargin = 2 * time.Second

// StopBudget is the whole seconds that the program may take to stop by itself: from its
// stop signal, as late as that may come, to budgetMargin before the next signal. ok is
// false where nothing ends a stop.
func (c Config) StopBudget() (seconds int, ok bool) {
	budget := c.Plan.StopBudget()
	return max(1, int((budget-min(budgetMargin, budget/5))/time.Second)), budget > 0
}

// Env returns the environment of the program, from that of drainit.
func (c Config) Env(env []string) []string {
	if seconds, ok := c.StopBudget(); ok {
		env = setenv(env, budgetVariable, seconds)
	}
	for _, one := range c.Front {
		if one.Variable != "" {
			env = setenv(env, one.Variable, int(portOf(one.Target.Address)))
		}
	}
	return env
}

// setenv puts a variable in the place of all of its name.
func setenv(env []string, name string, value int) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(kv string) bool { return strings.HasPrefix(kv, name+"=") })
	return append(env, name+"="+strconv.Itoa(value))
}

// expand replaces the words in COMMAND's arguments, but for portWord.
func (r *Reading) expand() {
	if !r.Config.Expand || len(r.Problems) > 0 {
		return
	}
	seconds, ok := r.Config.StopBudget()
	grace := r.Config.Plan.GracePeriod
	command := slices.Clone(r.Config.Command)
	for i := 1; i < len(command); i++ {
		if !r.checkPortWord(command[i]) {
			return
		}
		if !ok && strings.Contains(command[i], budgetWord) || grace == 0 && strings.Contains(command[i], graceWord) {
			lacks := "a grace period; set --grace-period"
			if grace > 0 {
				lacks = "a deadline; leave --deadline off out"
			}
			r.Wrong("expand", "there is no number for "+strconv.Quote(command[i])+" in COMMAND without "+lacks)
			return
		}
		command[i] = strings.NewReplacer(budgetWord, strconv.Itoa(seconds), graceWord, strconv.Itoa(int(grace/time.Second))).Replace(command[i])
	}
	r.Config.Command = command
}
