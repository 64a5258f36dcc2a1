package rest

import "time"

// Observer is told what the API does, to count it.
type Observer interface {
	// InFlight is called with 1 when a request begins and -1 when it ends.
	InFlight(delta int)
	// Request is called when a request has been answered. route is a template
	// such as "/api/v1/matches/{id}", or "unmatched".
	Request(method, route string, status int, took time.Duration)
}

type unobserved struct{}

func (unobserved) InFlight(int)                               {}
func (unobserved) Request(string, string, int, time.Duration) {}
