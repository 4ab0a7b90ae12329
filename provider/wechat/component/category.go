package component

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/schema"
)

// categoryTTL is how long a category list is used without asking again (section 4).
const categoryTTL = 24 * time.Hour

// categoryFileName is the cache in Config.CacheDir.
const categoryFileName = "component-categories.json"

// CategoryRow is one leaf in the reply of cat/get.
type CategoryRow struct {
	ThirdCatID               wechat.Int              `json:"third_cat_id"`
	ThirdCatName             wechat.Text             `json:"third_cat_name"`
	SecondCatID              wechat.Int              `json:"second_cat_id"`
	SecondCatName            wechat.Text             `json:"second_cat_name"`
	FirstCatID               wechat.Int              `json:"first_cat_id"`
	FirstCatName             wechat.Text             `json:"first_cat_name"`
	Qualification            wechat.Text             `json:"qualification"`
	QualificationType        wechat.Int              `json:"qualification_type"`
	ProductQualification     wechat.Text             `json:"product_qualification"`
	ProductQualificationType wechat.Int              `json:"product_qualification_type"`
	Scenes                   wechat.List[wechat.Int] `json:"scene_group_list"`
}

// GetCategories is cat/get: the whole list of leaves, about 2 MB.
func (a *API) GetCategories(ctx context.Context) ([]CategoryRow, error) {
	reply, err := read[struct {
		List []CategoryRow `json:"third_cat_list"`
	}](ctx, a, "/shop/cat/get", nil)
	if err != nil {
		return nil, err
	}
	if len(reply.List) == 0 {
		return nil, badReply("cat/get", errors.New("the category list is empty"))
	}
	return reply.List, nil
}

func (r *CategoryRow) category() schema.Category {
	c := schema.Category{
		ID: uint64(r.ThirdCatID), Name: string(r.ThirdCatName),
		SecondID: uint64(r.SecondCatID), Second: string(r.SecondCatName),
		FirstID: uint64(r.FirstCatID), First: string(r.FirstCatName),
		Qualification: string(r.Qualification), QualificationType: schema.Need(r.QualificationType),
		ProductQualification: string(r.ProductQualification), ProductQualificationType: schema.Need(r.ProductQualificationType),
	}
	for _, scene := range r.Scenes {
		c.Scenes = append(c.Scenes, int(scene))
	}
	return c
}

// categoryCache keeps the category list in memory and in a file.
type categoryCache struct {
	dir, endpoint string
	mu            sync.Mutex // held while the list is fetched: everybody waits for the same answer
	file          *categoryFile
	tree          *schema.CategoryTree
}

// categoryFile is the cache as it is kept.
type categoryFile struct {
	Endpoint string            `json:"endpoint"`
	At       time.Time         `json:"at"`
	Leaves   []schema.Category `json:"leaves"`
}

func (f *categoryFile) fresh(now time.Time) bool {
	age := now.Sub(f.At)
	return age >= 0 && age < categoryTTL
}

// Categories implements provider.Provider.
func (p *Provider) Categories(ctx context.Context, fresh bool) (*schema.CategoryTree, error) {
	c := &p.categories
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.file == nil {
		c.file = c.load()
	}
	if !fresh && c.file.fresh(p.now()) {
		if c.tree == nil {
			c.tree = schema.NewCategoryTree(c.file.Leaves)
		}
		return c.tree, nil
	}
	rows, err := p.api.GetCategories(ctx)
	if err != nil {
		return nil, err
	}
	c.tree = schema.NewCategoryTree(repair(rows, c.file.Leaves))
	c.file = &categoryFile{Endpoint: c.endpoint, At: p.now(), Leaves: c.tree.Leaves}
	if err := c.save(); err != nil {
		p.log.WarnContext(ctx, "the category list is not kept", slog.Any("error", err))
	}
	return c.tree, nil
}

// repair gives rows that came without parents those we knew before: the list has
// had such rows for a while (section 4, data defects).
func repair(rows []CategoryRow, known []schema.Category) []schema.Category {
	before := make(map[uint64]schema.Category, len(known))
	for _, leaf := range known {
		before[leaf.ID] = leaf
	}
	leaves := make([]schema.Category, len(rows))
	for i := range rows {
		leaf := rows[i].category()
		if old, ok := before[leaf.ID]; ok && (leaf.FirstID == 0 || leaf.SecondID == 0) {
			leaf.FirstID, leaf.First, leaf.SecondID, leaf.Second = old.FirstID, old.First, old.SecondID, old.Second
		}
		leaves[i] = leaf
	}
	return leaves
}

// load reads the file. A file that is missing, broken or of another endpoint is
// an old one: it is replaced at the next fetch.
func (c *categoryCache) load() *categoryFile {
	if c.dir == "" {
		return &categoryFile{}
	}
	b, err := os.ReadFile(filepath.Join(c.dir, categoryFileName))
	if err != nil {
		return &categoryFile{}
	}
	var file categoryFile
	if json.Unmarshal(b, &file) != nil || file.Endpoint != c.endpoint || len(file.Leaves) == 0 {
		return &categoryFile{}
	}
	return &file
}

// save replaces the file in one step.
func (c *categoryCache) save() (err error) {
	if c.dir == "" {
		return nil
	}
	b, err := json.Marshal(c.file)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return err
	}
	temp, err := os.CreateTemp(c.dir, categoryFileName+".*")
	if err != nil {
		return err
	}
	defer func() {
		if removeErr := os.Remove(temp.Name()); err == nil && removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
			err = removeErr
		}
	}()
	if _, err := temp.Write(b); err != nil {
		return errors.Join(err, temp.Close())
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), filepath.Join(c.dir, categoryFileName))
}
