package raster

import (
	"cmp"
	"slices"
)

// Twins says, for each print, which earlier one it looks like: the index of the
// first, or -1. Prints are not compared each with each: two that differ in at
// most five bits agree in at least three of the eight bytes of their hash, so
// only those that do so are compared.
func Twins(prints []Print) []int {
	first := make([]int, len(prints))
	known := map[Print]int{}
	var different []int
	for i, p := range prints {
		first[i] = -1
		if p.Hash == 0 {
			continue
		}
		if earlier, ok := known[p]; ok {
			first[i] = earlier
			continue
		}
		known[p] = i
		different = append(different, i)
	}
	for _, mask := range masks {
		joinRuns(prints, different, mask, first)
	}
	for i, twin := range first {
		if twin >= 0 && first[twin] >= 0 {
			first[i] = first[twin]
		}
	}
	return first
}

// maxRun bounds how many neighbours of a run a print is compared with, so that
// a thousand pictures with the same frame do not cost a million comparisons.
const maxRun = 64

// joinRuns compares the prints that agree in all bits of a mask.
func joinRuns(prints []Print, indexes []int, mask uint64, first []int) {
	slices.SortFunc(indexes, func(a, b int) int {
		return cmp.Or(cmp.Compare(prints[a].Hash&mask, prints[b].Hash&mask), cmp.Compare(a, b))
	})
	for n, i := range indexes {
		for _, j := range indexes[n+1 : min(n+1+maxRun, len(indexes))] {
			if prints[i].Hash&mask != prints[j].Hash&mask {
				break
			}
			if (first[j] < 0 || first[j] > i) && prints[i].Alike(prints[j]) {
				first[j] = i
			}
		}
	}
}

// masks are all choices of three of the eight bytes of a hash.
var masks = func() (masks []uint64) {
	for a := range 8 {
		for b := range a {
			for c := range b {
				masks = append(masks, 0xff<<(8*a)|0xff<<(8*b)|0xff<<(8*c))
			}
		}
	}
	return masks
}()
