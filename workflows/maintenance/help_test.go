package maintenance_test

// answer takes what becomes of an update.
type answer struct{}

func (*answer) Accept()             {}
func (*answer) Reject(error)        {}
func (*answer) Complete(any, error) {}

// silent keeps expected failures out of the test's output.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
