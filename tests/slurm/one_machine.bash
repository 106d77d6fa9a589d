# one_machine.bash - a Slurm of one machine in a folder of its own: munged, slurmctld, slurmd. Source it.
# It needs no systemd, no cgroups and no file outside its folder. What an installed Slurm does here is not touched: keys,
# sockets, ports and configuration are its own. Run what sources it under alone.py, which ends what daemons leave behind.

slurm_missing() { # the programs that are not there
  local program
  for program in munged slurmctld slurmd sbatch scontrol squeue; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$program" >/dev/null || echo "$program"
  done
}

slurm_port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

slurm_configure() { # two ports; writes slurm.conf
  local user
  user=$(id -un)
  cat >"$SLURM_HOME/slurm.conf" <<C
ClusterName=trabecula-test
SlurmctldHost=$(uname -n | cut -d. -f1)(127.0.0.1)
SlurmctldPort=$1
SlurmdPort=$2
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
# A job that is put into the queue again waits for cred_expire seconds; Slurm takes 5 or more, and 120 otherwise.
AuthInfo=socket=$SLURM_HOME/munge/socket,cred_expire=5
StateSaveLocation=$SLURM_HOME/state
SlurmdSpoolDir=$SLURM_HOME/spool
SlurmctldPidFile=$SLURM_HOME/slurmctld.pid
SlurmdPidFile=$SLURM_HOME/slurmd.pid
SlurmctldLogFile=$SLURM_HOME/slurmctld.log
SlurmdLogFile=$SLURM_HOME/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
# Once a second the memory of each job is looked at, and what takes more than it asked for is killed.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
# More cores than there may be: all tasks of an array at once is the harder case.
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0
ReturnToService=2
KillWait=2
NodeName=$(uname -n | cut -d. -f1) NodeAddr=127.0.0.1 CPUs=8 RealMemory=8000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
C
}

# slurm_start FOLDER: returns when a job can run. SLURM_CONF is exported for sbatch and the like.
slurm_start() {
  export PATH=$PATH:/usr/sbin:/sbin
  SLURM_HOME=$1 SLURM_PIDS=()
  export SLURM_CONF=$SLURM_HOME/slurm.conf
  export SLURM_TEST_HOME=$SLURM_HOME # what jobs inherit and can be known by
  mkdir -p "$SLURM_HOME"/{munge,state,spool}
  chmod 755 "$SLURM_HOME" "$SLURM_HOME/munge"
  (umask 077 && head -c 128 /dev/urandom >"$SLURM_HOME/munge/key")
  munged -F --key-file="$SLURM_HOME/munge/key" --socket="$SLURM_HOME/munge/socket" \
    --pid-file="$SLURM_HOME/munge/pid" --log-file="$SLURM_HOME/munge/log" --seed-file="$SLURM_HOME/munge/seed" \
    >"$SLURM_HOME/munge.out" 2>&1 &
  SLURM_PIDS+=($!)
  slurm_wait_for 10 eval 'munge -n -S "$SLURM_HOME/munge/socket" >/dev/null 2>&1' || return 1

  local port=$((20000 + $$ % 20000))
  until slurm_port_is_free "$port" && slurm_port_is_free $((port + 1)); do port=$((port + 2)); done
  slurm_configure "$port" $((port + 1))
  slurmctld -D -f "$SLURM_CONF" >"$SLURM_HOME/slurmctld.out" 2>&1 &
  SLURM_PIDS+=($!)
  slurmd -D -f "$SLURM_CONF" >"$SLURM_HOME/slurmd.out" 2>&1 &
  SLURM_PIDS+=($!)
  slurm_wait_for 30 eval '[ "$(sinfo -h -o %T 2>/dev/null)" = idle ]'
}

slurm_wait_for() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || { echo "waited in vain for: $*" >&2; return 1; }
    sleep 0.1
  done
}

slurm_jobs_are_over() { [ -z "$(squeue -h 2>/dev/null)" ]; }

# Ends the jobs, then the daemons.
slurm_stop() {
  [ -n "${SLURM_HOME:-}" ] || return 0
  local i
  if ! slurm_jobs_are_over; then
    scancel --user="$(id -un)" 2>/dev/null
    slurm_wait_for 10 slurm_jobs_are_over
  fi
  for ((i = ${#SLURM_PIDS[@]} - 1; i >= 0; i--)); do
    kill "${SLURM_PIDS[i]}" 2>/dev/null
    wait "${SLURM_PIDS[i]}" 2>/dev/null
  done
  SLURM_HOME=
}
