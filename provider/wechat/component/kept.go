package component

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/shopctl/shopctl/schema"
)

// KeptCategories is the category list that a provider with this CacheDir has
// kept, however old and from whatever endpoint, and when it was fetched: good
// enough to check a catalog before the platform is reached. The tree is nil when
// there is none.
func KeptCategories(cacheDir string) (tree *schema.CategoryTree, at time.Time) {
	b, err := os.ReadFile(filepath.Join(cacheDir, categoryFileName))
	if err != nil {
		return nil, time.Time{}
	}
	var file categoryFile
	if json.Unmarshal(b, &file) != nil || len(file.Leaves) == 0 {
		return nil, time.Time{}
	}
	return schema.NewCategoryTree(file.Leaves), file.At
}
