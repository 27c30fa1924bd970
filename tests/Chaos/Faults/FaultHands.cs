using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>Does what the schedule says: begins a fault, lets it last, and puts things right again.</summary>
internal sealed class FaultHands(ChaosStage stage)
{
    private const int DelayedWebhookMs = 1_500;

    /// <summary>From the first touch until everything it touched is as before; what was killed runs again.</summary>
    internal Task Inflict(PlannedFault fault, CancellationToken ct) => fault.Kind.Of switch
    {
        FaultTarget.Worker or FaultTarget.Stripe or FaultTarget.Broker or FaultTarget.Database =>
            fault.Kind.Means.Length > 0 ? Kill(fault, ct) : Pause(fault, ct),
        FaultTarget.Link => fault.Kind.Means.Length > 0 ? Poison(fault, ct) : Cut(fault, ct),
        FaultTarget.StripeRequests => Spoil(
            fault, "faults", new { kind = fault.Kind.Means, endpoint = "*", percent = fault.Amount, seed = fault.Number }, ct),
        FaultTarget.Webhooks => Spoil(
            fault, "webhooks/faults",
            new { kind = fault.Kind.Means, type = "*", percent = fault.Amount, delay_ms = DelayedWebhookMs, seed = fault.Number },
            ct),
        FaultTarget.Disk => Fill(fault, ct),
        _ => throw new InvariantException($"nobody knows how to inflict {fault}"),
    };

    private async Task Kill(PlannedFault fault, CancellationToken ct)
    {
        var server = stage.Servers[fault.Target];
        await server.End(fault.Kind.Means, ct);
        await Task.Delay(fault.Lasts, stage.Clock, ct);
        await server.Start(ct);
    }

    private async Task Pause(PlannedFault fault, CancellationToken ct)
    {
        var server = stage.Servers[fault.Target];
        server.Signal("STOP");
        await Task.Delay(fault.Lasts, stage.Clock, ct);
        server.Signal("CONT");
    }

    private async Task Cut(PlannedFault fault, CancellationToken ct)
    {
        await stage.Proxies!.Enable(fault.Target, enabled: false, ct);
        await Task.Delay(fault.Lasts, stage.Clock, ct);
        await stage.Proxies!.Enable(fault.Target, enabled: true, ct);
    }

    private async Task Poison(PlannedFault fault, CancellationToken ct)
    {
        object attributes = fault.Kind.Means switch
        {
            "latency" => new { latency = fault.Amount, jitter = fault.Amount / 2 },
            "bandwidth" => new { rate = fault.Amount },
            "limit_data" => new { bytes = fault.Amount },
            _ => new { timeout = 0 },
        };
        var stream = fault.Number % 2 == 0 ? "upstream" : "downstream";
        await stage.Proxies!.Poison(fault.Target, fault.Kind.Means, stream, attributes, ct);
        await Task.Delay(fault.Lasts, stage.Clock, ct);
        await stage.Proxies!.Heal(fault.Target, fault.Kind.Means, ct);
    }

    private async Task Spoil(PlannedFault fault, string path, object order, CancellationToken ct)
    {
        await Command(path, order, ct);
        await Task.Delay(fault.Lasts, stage.Clock, ct);
        await Command(path + "/clear", new { }, ct);
    }

    private async Task Fill(PlannedFault fault, CancellationToken ct)
    {
        var disk = stage.Disks[fault.Target];
        disk.Fill();
        try
        {
            await Task.Delay(fault.Lasts, stage.Clock, ct);
        }
        finally
        {
            disk.Empty();
        }
    }

    /// <summary>Until the simulator, which may have been killed meanwhile, has heard it.</summary>
    private async Task Command(string path, object body, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await stage.Lists.Command(path, body, ct);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), stage.Clock, ct);
            }
        }
    }
}
