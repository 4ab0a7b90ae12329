package fleet_test

import (
	"testing"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/fleet/fleettest"
)

func TestLocal(t *testing.T) {
	fleettest.TestEngine(t, func(_ *testing.T, shops int, do fleet.RunShop) fleet.Engine {
		return fleet.Local{Shops: shops, Do: do}
	})
}
