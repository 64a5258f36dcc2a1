//go:build prove

package redis_test

import "testing"

// Thirty backups in a row, each verified.
func TestProveRedisIsVerifiedEveryTime(t *testing.T) { verifyUnderLoad(t, 30) }
