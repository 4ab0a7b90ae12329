//go:build !race

package schema

// underRace is how many times the memory of a child is what it is without the
// race detector.
const underRace = 1
