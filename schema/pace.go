package schema

import "sync"

// pace counts what Load has done and tells whoever listens.
type pace struct {
	mu   sync.Mutex
	done LoadProgress
	tell func(LoadProgress)
}

func newPace(tell func(LoadProgress)) *pace {
	if tell == nil {
		tell = func(LoadProgress) {}
	}
	return &pace{tell: tell}
}

func (p *pace) add(change func(*LoadProgress)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.done)
	p.done.Total = max(p.done.Total, p.done.Products)
	p.tell(p.done)
}

// expect hears of products that are to be made. It tells nobody: while the files
// are looked through, the total is not worth telling.
func (p *pace) expect(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done.Total += n
}

func (p *pace) products(n int) { p.add(func(done *LoadProgress) { done.Products += n }) }

func (p *pace) picture(bytes int64) {
	p.add(func(done *LoadProgress) { done.Pictures++; done.Bytes += bytes })
}
