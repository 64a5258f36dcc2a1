package prometheus

import prom "github.com/prometheus/client_golang/prometheus"

// KeyFiles shows whether the files of keys could be read.
type KeyFiles struct {
	sound    *prom.GaugeVec
	failures *prom.CounterVec
}

// NewKeyFiles returns gauges in r for files, which are the names of variables.
func NewKeyFiles(r prom.Registerer, files ...string) *KeyFiles {
	k := &KeyFiles{
		sound: prom.NewGaugeVec(prom.GaugeOpts{
			Name: "key_file_sound", Help: "1 when the file of keys was good as it was read last, 0 while the keys before it go on.",
		}, []string{"file"}),
		failures: prom.NewCounterVec(prom.CounterOpts{
			Name: "key_file_failures_total", Help: "Readings of a file of keys that found it missing or broken.",
		}, []string{"file"}),
	}
	r.MustRegister(k.sound, k.failures)
	for _, file := range files {
		k.sound.WithLabelValues(file).Set(1)
		k.failures.WithLabelValues(file)
	}
	return k
}

// Read notes how a reading went.
func (k *KeyFiles) Read(file string, good bool) {
	k.sound.WithLabelValues(file).Set(float64(bit(good)))
	if !good {
		k.failures.WithLabelValues(file).Inc()
	}
}
