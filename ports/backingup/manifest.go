package backingup

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/operation"
)

// ErrManifest is about a manifest that this program cannot read.
var ErrManifest = &domain.Error{Kind: domain.Invalid, Code: "backup.manifest"}

// manifestJSON is a manifest as it lies in a bucket. Fields are only added, as
// old backups must be read by new programs.
type manifestJSON struct {
	Format    int           `json:"format"`
	ID        string        `json:"id"`
	Kind      string        `json:"kind"`
	Engine    string        `json:"engine"`
	TakenAt   time.Time     `json:"taken_at"`
	Program   string        `json:"program"`
	Parts     []partJSON    `json:"parts"`
	Inventory inventoryJSON `json:"inventory"`
}

type partJSON struct {
	Name   string `json:"name"`
	Stored int64  `json:"stored"`
	Plain  int64  `json:"plain"`
	SHA256 string `json:"sha256"`
}

type inventoryJSON struct {
	Server   string        `json:"server"`
	Sets     []setJSON     `json:"sets"`
	Objects  []objectJSON  `json:"objects"`
	Counters []counterJSON `json:"counters"`
	Roles    []string      `json:"roles"`
}

type setJSON struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
	Hash string `json:"hash"`
}

type objectJSON struct {
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Definition string `json:"definition"`
}

type counterJSON struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

func encodeManifest(m operation.Manifest) ([]byte, error) {
	return json.Marshal(manifestJSON{
		Format: m.Format, ID: m.ID, Kind: string(m.Kind), Engine: m.Engine, TakenAt: m.TakenAt, Program: m.Program,
		Parts: each(m.Parts, func(p operation.Part) partJSON { return partJSON(p) }),
		Inventory: inventoryJSON{
			Server: m.Inventory.Server, Roles: m.Inventory.Roles,
			Sets:     each(m.Inventory.Sets, func(s operation.Set) setJSON { return setJSON(s) }),
			Objects:  each(m.Inventory.Objects, func(o operation.Object) objectJSON { return objectJSON(o) }),
			Counters: each(m.Inventory.Counters, func(c operation.Counter) counterJSON { return counterJSON(c) }),
		},
	})
}

func decodeManifest(text []byte) (operation.Manifest, error) {
	var m manifestJSON
	if err := json.Unmarshal(text, &m); err != nil {
		return operation.Manifest{}, domain.Errorf(domain.Invalid, ErrManifest.Code, "the manifest is not JSON: %s", err)
	}
	if m.Format < 1 || m.Format > operation.ManifestFormat {
		return operation.Manifest{}, domain.Errorf(domain.Invalid, ErrManifest.Code,
			"the manifest is of format %d, and this program reads up to %d: use the program that made it, %s", m.Format, operation.ManifestFormat, m.Program)
	}
	kind, err := operation.ParseKind(m.Kind)
	if err != nil {
		return operation.Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	return operation.Manifest{
		Format: m.Format, ID: m.ID, Kind: kind, Engine: m.Engine, TakenAt: m.TakenAt, Program: m.Program,
		Parts: each(m.Parts, func(p partJSON) operation.Part { return operation.Part(p) }),
		Inventory: operation.Inventory{
			Server: m.Inventory.Server, Roles: m.Inventory.Roles,
			Sets:     each(m.Inventory.Sets, func(s setJSON) operation.Set { return operation.Set(s) }),
			Objects:  each(m.Inventory.Objects, func(o objectJSON) operation.Object { return operation.Object(o) }),
			Counters: each(m.Inventory.Counters, func(c counterJSON) operation.Counter { return operation.Counter(c) }),
		},
	}, nil
}

func each[A, B any](in []A, to func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = to(a)
	}
	return out
}
