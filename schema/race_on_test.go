//go:build race

package schema

// underRace is set when the tests run with the race detector.
const underRace = true
