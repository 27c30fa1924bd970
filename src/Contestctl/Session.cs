using System.Runtime.CompilerServices;
using ContestPipeline.Payout;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using ContestPipeline.Replay;
using ContestPipeline.WebConsole;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace ContestPipeline.Contestctl;

/// <summary>What every command works with: the settings, the clock, the way to the database and to Kafka.</summary>
public sealed class Session(IConfiguration settings, TimeProvider clock)
{
    private static readonly TimeSpan s_stripePatience = TimeSpan.FromSeconds(30);

    /// <summary>The rules by which rows become records come with the first worker database; most commands have none.</summary>
    static Session() => RuntimeHelpers.RunClassConstructor(typeof(WorkerDatabase).TypeHandle);

    /// <summary>Where Payout's API answers.</summary>
    internal static OutgoingConnection Api { get; } = new OutgoingConnection.Http("PAYOUT_API_URL");

    /// <summary>All that this program and the workers connect to.</summary>
    internal static IReadOnlyList<OutgoingConnection> Connections { get; } =
    [
        OutgoingConnection.Broker, OutgoingConnection.BrokerTokens,
        new OutgoingConnection.Postgres(Plumbing.Settings.AdminSetting),
        .. DeclaredWorkers.Schemas.Select(w => new OutgoingConnection.Postgres(Plumbing.Settings.DatabaseSetting(w.Name))),
        .. OutgoingConnection.Telemetry, .. PayoutService.Connections, Api,
        new OutgoingConnection.Http(ApiClient.ConsoleSetting),
    ];

    public IConfiguration Settings { get; } = settings;

    public TimeProvider Clock { get; } = clock;

    /// <summary>The four workers; with a connection string where its setting is there.</summary>
    public IReadOnlyList<WorkerSchema> Workers =>
        [.. DeclaredWorkers.Schemas.Select(w =>
            w with { ConnectionString = Settings.Optional(Plumbing.Settings.DatabaseSetting(w.Name)) })];

    /// <summary>What has a schema and a role: the four workers and, after them, the console.</summary>
    public IReadOnlyList<WorkerSchema> Schemas =>
        [.. Workers, ConsoleSchema.Of(Settings.Optional(Plumbing.Settings.DatabaseSetting(ConsoleSchema.Name)))];

    /// <exception cref="SettingException">It is not set, or no connection string.</exception>
    public string AdminDatabase
    {
        get
        {
            var text = Settings.AdminDatabase();
            try
            {
                return new NpgsqlConnectionStringBuilder(text).Count > 0 ? text
                    : throw new SettingException(Plumbing.Settings.AdminSetting, "is no connection string");
            }
            catch (ArgumentException wrong)
            {
                throw new SettingException(
                    Plumbing.Settings.AdminSetting,
                    $"is no connection string: {wrong.Message.ReplaceLineEndings(" ").TrimEnd('.')}");
            }
        }
    }

    /// <exception cref="SettingException">There is no broker at the address, or it would be asked in plaintext in
    /// live.</exception>
    public KafkaSettings Kafka()
    {
        var kafka = KafkaSettings.From(Settings);
        TransportSecurity.Require(Settings, OutgoingConnection.Broker, OutgoingConnection.BrokerTokens);
        using var waiting = LongWork.Begin("waiting for Kafka", Clock);
        BrokerCheck.Require(kafka);
        return kafka;
    }

    /// <summary>Reads topics; what takes long is shown on stderr.</summary>
    /// <exception cref="SettingException">There is no broker at the address.</exception>
    internal TopicReader Reader() => new(Kafka(), topic => LongWork.Begin($"reading {topic}", Clock));

    /// <param name="key">From <see cref="StripeKeys"/>: the one that may do no more than the command needs.</param>
    public Stripe.IStripeClient OpenStripe(string key) =>
        StripeWire.Client(key, StripeKeys.Address(Settings), s_stripePatience, new SocketsHttpHandler());

    /// <summary>For what opens its own connections: before anything is done, whether the database answers.</summary>
    /// <exception cref="SettingException">It does not.</exception>
    public async Task RequireAdmin(CancellationToken ct) => await (await OpenAdmin(ct)).DisposeAsync();

    /// <exception cref="SettingException">The database does not answer.</exception>
    public async Task<NpgsqlConnection> OpenAdmin(CancellationToken ct)
    {
        ProgressLine.WaitsFor("PostgreSQL");
        var connection = new NpgsqlConnection(AdminDatabase);
        try
        {
            // Npgsql does not hear of a stop while a server that took the connection says nothing.
            await connection.OpenAsync(ct).WaitAsync(ct);
            return connection;
        }
        catch (NpgsqlException e)
        {
            await connection.DisposeAsync();
            throw new SettingException("ADMIN_DATABASE", $"names a database that does not answer ({e.Message})");
        }
    }
}
