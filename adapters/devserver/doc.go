// Package devserver runs real servers as child processes: PostgreSQL, Redis and
// Temporal for one machine and for the tests, and any other command beside
// them. It owns finding the programs, their folders, ports and passwords, their
// start and their end. It does not know what is kept in them: provisioning and
// migrating belong to whoever asked for the server.
//
// No child outlives this process, however it ends: on Linux the kernel kills
// them when it dies, and each has its own process group, so a terminal's Ctrl-C
// reaches us alone and we stop them in order.
package devserver
