package component

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/shopctl/shopctl/schema"
)

// KeptCategories is the category list that a provider with this CacheDir has
// kept, however old and from whatever endpoint: good enough to check a catalog
// before the platform is reached. It is nil when there is none.
func KeptCategories(cacheDir string) *schema.CategoryTree {
	b, err := os.ReadFile(filepath.Join(cacheDir, categoryFileName))
	if err != nil {
		return nil
	}
	var file categoryFile
	if json.Unmarshal(b, &file) != nil || len(file.Leaves) == 0 {
		return nil
	}
	return schema.NewCategoryTree(file.Leaves)
}
