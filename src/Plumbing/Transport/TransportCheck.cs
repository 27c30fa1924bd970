using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace ContestPipeline.Plumbing;

/// <summary>Before anything of a process connects to anything: in live it does not in plaintext.</summary>
internal sealed class TransportCheck(IConfiguration settings, IEnumerable<OutgoingConnection> connections) : IHostedService
{
    /// <exception cref="SettingException">Some would; all are named.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        TransportSecurity.Require(settings, connections);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
