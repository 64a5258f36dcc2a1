package forecast

import "github.com/football-prediction/football-prediction/domain/football"

// scoreDrivenSettings are the hyper-parameters of the score-driven model. A
// gain is the step taken per unit of scaled surprise.
type scoreDrivenSettings struct {
	slowGain, fastGain, styleGain float64
	fastHalfLife                  float64 // days
	// A team's gains are raised by a share that fades with the matches it
	// has played in the season: by boost for all, by newcomerBoost on top
	// for teams that came up. boostMatches is where a third of it is left.
	boost, newcomerBoost, boostMatches float64
	// What a team keeps of its distance from the league's mean over a summer.
	keepQuality, keepStyle, keepFast float64
	// A newcomer starts at newcomerShare times the mean of the last season's
	// three weakest teams plus newcomerOffset, and is pulled towards its own
	// earlier rating in this league by memory for each year since.
	newcomerShare, newcomerOffset, memory float64
	levelGain, homeGain                   float64
	startLevel, startHome                 float64 // of a league never seen
	mostSurprise                          float64
	rho                                   float64
}

// scoreDrivenDefaults are what too little history leaves in place, and where
// tuning starts: what twenty seasons of five European leagues, 1993-94 to
// 2011-12, were tuned to.
var scoreDrivenDefaults = scoreDrivenSettings{
	slowGain: 0.0135, fastGain: 0.011, styleGain: 0.005,
	fastHalfLife: 55,
	boost:        0.65, newcomerBoost: 0.4, boostMatches: 8,
	keepQuality: 1, keepStyle: 0.75, keepFast: 0.15,
	newcomerShare: 0.55, newcomerOffset: -0.03, memory: 0.75,
	levelGain: 0.001, homeGain: 0.0014,
	startLevel: 0.2, startHome: 0.15,
	mostSurprise: 3.75,
	rho:          -0.075,
}

func (s *scoreDrivenSettings) dials() []dial {
	return []dial{
		{"slow_gain", &s.slowGain, 0, 0.3, 0.01},
		{"fast_gain", &s.fastGain, 0, 0.3, 0.01},
		{"fast_half_life_days", &s.fastHalfLife, 2, 400, 20},
		{"style_gain", &s.styleGain, 0, 0.2, 0.004},
		{"boost", &s.boost, 0, 5, 0.3},
		{"newcomer_boost", &s.newcomerBoost, 0, 10, 0.5},
		{"boost_matches", &s.boostMatches, 1, 60, 5},
		{"keep_quality", &s.keepQuality, 0, 1, 0.05},
		{"keep_style", &s.keepStyle, 0, 1, 0.1},
		{"keep_fast", &s.keepFast, 0, 1, 0.2},
		{"newcomer_share", &s.newcomerShare, 0, 1.5, 0.2},
		{"newcomer_offset", &s.newcomerOffset, -0.5, 0.5, 0.03},
		{"memory", &s.memory, 0, 1, 0.2},
		{"level_gain", &s.levelGain, 0, 0.1, 0.002},
		{"home_gain", &s.homeGain, 0, 0.1, 0.002},
		{"start_level", &s.startLevel, -1, 1, 0},
		{"start_home", &s.startHome, -0.5, 0.5, 0},
		{"most_surprise", &s.mostSurprise, 0.3, 20, 0.5},
		{"rho", &s.rho, -0.3, 0.3, 0.03},
	}
}

func (s *scoreDrivenSettings) forecaster(c calibration) Forecaster {
	return &scoreDriven{
		settings: *s, calibration: c,
		leagues: map[football.CompetitionCode]*scoreDrivenLeague{},
	}
}

func (s *scoreDrivenSettings) newLeague() *scoreDrivenLeague {
	return &scoreDrivenLeague{
		level: s.startLevel, home: s.startHome,
		teams: map[football.TeamID]*scoreDrivenTeam{},
	}
}
