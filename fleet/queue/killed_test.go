//go:build unix

package queue

const workUntilKilled = "SHOPCTL_TEST_WORK_UNTIL_KILLED"

func workForEver(string) {}
