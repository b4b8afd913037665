package process

// Exit statuses of drainit's own, as env(1), timeout(1) and docker run have them.
const (
	ExitFailed   = 125 // drainit itself failed before the child ran
	ExitNoExec   = 126 // COMMAND was found but cannot be executed
	ExitNotFound = 127 // COMMAND was not found
)
