using System.Globalization;
using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>A container of host a whose program changes files all the time, in its root and in a volume, and compares in each step what it finds with what it remembers to have written. Both hosts have the bundle.</summary>
internal sealed class RunningWriter : IAsyncDisposable
{
    /// <summary>How many files of the volume no one touches.</summary>
    public const int ManyFiles = 2000;

    /// <summary>
    /// Each step, in each of its directories: reads what the last step wrote, writes it again by renaming over, makes a hard link to that, appends to a file that stays open, makes or removes a directory, makes one file and
    /// deletes another. What is not as it left it is written down in /work/wrong.
    /// </summary>
    private const string Program = """
        my @at = @ARGV; my $n = 0; my %open;
        sub wrong { open(my $f, '>>', '/work/wrong'); print $f "@_\n"; close $f; }
        sub put { my ($p, $t) = @_; open(my $f, '>', $p) or wrong("write $p: $!"); print $f $t; close $f; }
        sub get { my ($p) = @_; open(my $f, '<', $p) or return "none"; my $t = <$f>; close $f; return $t; }
        unlink('/etc/gone');
        for my $d (@at) { mkdir "$d$_" for ('', '/files', '/dirs', '/links'); put("$d/state", 0); open($open{$d}, '>>', "$d/log"); my $o = select($open{$d}); $| = 1; select($o); }
        while (1) {
            for my $d (@at) {
                my $s = get("$d/state"); wrong("$d/state is $s and not $n") if $s ne $n;
                my $k = $n % 20;
                wrong("the last link in $d is gone") if $n > 0 && (stat("$d/links/" . (($n - 1) % 20)))[1] != (stat("$d/state"))[1];
                put("$d/state.new", $n + 1); rename("$d/state.new", "$d/state") or wrong("rename: $!");
                unlink("$d/links/$k"); link("$d/state", "$d/links/$k") or wrong("link: $!");
                print { $open{$d} } ($n + 1) . "\n";
                my $e = $n % 50;
                if (-d "$d/dirs/$e") { unlink("$d/dirs/$e/f"); rmdir("$d/dirs/$e") or wrong("rmdir $d/dirs/$e: $!"); } else { mkdir("$d/dirs/$e") or wrong("mkdir: $!"); put("$d/dirs/$e/f", $n); }
                put("$d/files/" . ($n % 200), $n x (1 + $n % 7)); unlink("$d/files/" . (($n + 100) % 200));
            }
            $n++;
            select(undef, undef, undef, 0.001);
        }
        """;

    /// <summary>An overlay has all its directories on one file system, as CRIU needs it.</summary>
    private const string MakeBundle = """
        set -e
        bundle=$0 root=$1 many=$4
        mkdir -p "$bundle/rootfs" "$bundle/data" && cd "$bundle"
        printf '%s' "$2" >config.json
        lower=$bundle/rootfs
        if [ "$root" != plain ]; then
            mkdir layer && mount -t tmpfs none layer && mkdir layer/upper layer/work
            lower=$bundle/layer/lower
            [ "$root" = overlay ] || lower=$bundle/lower
            mkdir "$lower"
        fi
        cd "$lower"
        mkdir -p usr/bin etc proc sys dev tmp data
        for program in /usr/bin/perl /bin/cat /bin/sh; do
            [ -e ".$program" ] || { mkdir -p ".${program%/*}"; cp -pL "$program" ".$program"; }
            ldd "$program" | grep -o '/[^ ]*' | while read -r library; do mkdir -p ".${library%/*}"; [ -e ".$library" ] || cp -pL "$library" ".$library"; done
        done
        printf '%s' "$3" >usr/bin/writer.pl
        echo gone >etc/gone
        if [ "$root" != plain ]; then
            mount -t overlay overlay -o "lowerdir=$lower,upperdir=$bundle/layer/upper,workdir=$bundle/layer/work" "$bundle/rootfs"
        fi
        mkdir "$bundle/data/many"
        i=0
        while [ $i -lt $many ]; do i=$((i + 1)); echo "file $i" >"$bundle/data/many/$i"; done
        [ $many = 0 ] || ln "$bundle/data/many/1" "$bundle/data/many/one"
        """;

    private static int _last;

    private readonly Rig _rig;
    private readonly string _runtime;

    private RunningWriter(Rig rig, string runtime, string id) => (_rig, _runtime, Id) = (rig, runtime, id);

    public string Id { get; }

    public string Bundle => $"/srv/writers/{Id}";

    /// <summary>Starts one.</summary>
    /// <param name="rig">Where.</param>
    /// <param name="runtime">Its runtime.</param>
    /// <param name="root"><c>overlay</c>, <c>layers</c> for one whose directories lie on two file systems, or <c>plain</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RunningWriter> StartAsync(Rig rig, string runtime, string root, CancellationToken cancellationToken)
    {
        await RunningWorkload.PrepareHostsAsync(rig, cancellationToken);
        var writer = new RunningWriter(rig, runtime, string.Create(CultureInfo.InvariantCulture, $"writer-{Interlocked.Increment(ref _last)}"));
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            int many = host == Rig.A ? ManyFiles : 0;
            (await rig.ExecAsync(host, ["sh", "-c", MakeBundle, writer.Bundle, root, Configuration(writer.Bundle), Program, $"{many}"], cancellationToken)).Successful();
        }

        (await writer.ShellAsync(Rig.B, "echo old >data/stale", cancellationToken)).Successful();
        (await writer.ShellAsync(Rig.A, $"{runtime} --log /tmp/{writer.Id}.log run -d {writer.Id} </dev/null >/dev/null 2>&1 || {{ cat /tmp/{writer.Id}.log; exit 1; }}; until [ -s data/work/log ]; do sleep 0.02; done", cancellationToken)).Successful();
        return writer;
    }

    /// <summary>Runs a script in the directory of its bundle.</summary>
    public Task<CommandResult> ShellAsync(string host, string script, CancellationToken cancellationToken) => _rig.ExecAsync(host, ["sh", "-c", $"cd {Bundle} && {{ {script}; }}"], cancellationToken);

    /// <summary>Sends it away.</summary>
    public RigProcess StartSending(params string[] options) => _rig.Start(
        Rig.A, [.. ProgramInHosts.Agent, "send", "--container", $"{_runtime}:{Id}", "--to", $"{Rig.AddressOfB}:{Agents.Port}", "--json-lines", "--allow-unauthenticated", .. options]);

    /// <summary>What its runtime says of it in a host; null where there is no such container.</summary>
    public async Task<string?> StatusAsync(string host, CancellationToken cancellationToken)
    {
        CommandResult state = await _rig.ExecAsync(host, [_runtime, "state", Id], cancellationToken);
        return state.ExitCode == 0 ? JsonDocument.Parse(state.Output).RootElement.GetProperty("status").GetString() : null;
    }

    /// <summary>Sees that it gets on in a host, and that nothing was ever other than it had left it.</summary>
    public async Task WritesOnAsync(string host, CancellationToken cancellationToken)
    {
        const string Looks = """
            before=$(wc -l <rootfs/work/log); until [ $(wc -l <rootfs/work/log) -gt $((before + 20)) ]; do sleep 0.02; done
            cat rootfs/work/wrong 2>/dev/null
            for log in rootfs/work/log data/work/log; do awk -v log_=$log '$1 != NR { print log_ " has " $1 " in line " NR; exit }' $log; done
            """;
        (await ShellAsync(host, Looks, cancellationToken)).Successful().Should().BeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            await _rig.ExecAsync(host, [_runtime, "delete", "--force", Id]);
            await _rig.ExecAsync(host, ["sh", "-c", $"umount -l {Bundle}/rootfs; umount -l {Bundle}/layer; rm -rf --one-file-system {Bundle}"]);
        }
    }

    private static string Configuration(string bundle) => $$$"""
        {"ociVersion": "1.0.2",
         "process": {"terminal": false, "user": {"uid": 0, "gid": 0}, "cwd": "/", "env": ["PATH=/usr/bin"], "noNewPrivileges": true, "args": ["/usr/bin/perl", "/usr/bin/writer.pl", "/work", "/data/work"]},
         "root": {"path": "rootfs", "readonly": false}, "hostname": "writer",
         "mounts": [
          {"destination": "/proc", "type": "proc", "source": "proc"},
          {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
          {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]},
          {"destination": "/data", "type": "bind", "source": "{{{bundle}}}/data", "options": ["rbind", "rw"]}],
         "linux": {"resources": {"devices": [{"allow": false, "access": "rwm"}]}, "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}]}}
        """;
}
