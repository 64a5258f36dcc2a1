//go:build prove

package main

import "testing"

func TestProveAnothersTakesAsLongAsNobodys(t *testing.T) { timing(t, 3_000) }
