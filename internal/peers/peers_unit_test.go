package peers

import (
	"testing"

	"drainit/internal/config"
)

func TestNothingIsOpenedWithoutAName(t *testing.T) {
	if p := Join(config.Config{PodID: "x"}); p.News != nil || p.Ask() != nil {
		t.Error("there are news of peers without a name")
	}
}
