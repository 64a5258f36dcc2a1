package checking

// Fact is something that was found out about a dependency, for a person.
type Fact struct {
	Name, Value string
	Verdict     Verdict
	Remedy      string // what to do, unless all is well
}

// Verdict is what a fact means.
type Verdict string

// The verdicts.
const (
	Fine    Verdict = ""
	Warning Verdict = "warning" // it works, and somebody should look
	Wrong   Verdict = "wrong"   // it does not work as it should
)

// Worst is the worst verdict of facts.
func Worst(facts []Fact) Verdict {
	worst := Fine
	for _, f := range facts {
		if f.Verdict == Wrong {
			return Wrong
		}
		if f.Verdict == Warning {
			worst = Warning
		}
	}
	return worst
}
