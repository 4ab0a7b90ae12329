//go:build unix

package postgres

const holdUntilKilled = "SHOPCTL_TEST_HOLD_UNTIL_KILLED"

func holdForEver(string) {}
