using Confluent.Kafka;
using Confluent.Kafka.Admin;
using ContestPipeline.Contestctl;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Integration.Plumbing.Rights;

/// <summary>contestctl at a broker that checks rights.</summary>
public sealed class RightsCommandTests(SecuredKafka broker, PipelineScope scope)
    : IClassFixture<SecuredKafka>, IClassFixture<PipelineScope>
{
    private const string Skipped = "skipped: no Kafka distribution (set KAFKA_HOME, or put one into ../shared/kafka)";

    [Fact]
    public async Task The_operator_looks_at_everything_and_makes_no_rule()
    {
        Assert.SkipUnless(broker.IsThere, Skipped);
        var asOperator = broker.SignIn(Principals.Operator, SecuredKafka.Prefix);

        Assert.Equal(ExitCodes.Success, await SecuredKafka.Run("topics list", asOperator));
        Assert.Equal(ExitCodes.Success, await SecuredKafka.Run("topics lag", asOperator));
        using (var admin = new TopicAdmin(broker.As(Principals.Operator))) Assert.Empty(await admin.Compare());
        Assert.Equal(ExitCodes.Usage, await SecuredKafka.Run("topics rights", asOperator));
        Assert.Equal(ExitCodes.Usage,
            await SecuredKafka.Run("topics rights --grant", broker.SignIn(Principals.Ingestion, SecuredKafka.Prefix)));
    }

    [Fact]
    public async Task A_rule_beyond_those_declared_is_named_and_one_that_is_missing_is_made_again()
    {
        Assert.SkipUnless(broker.IsThere, Skipped);
        var kafka = KafkaSettings.From(SecuredKafka.Configuration(broker.SuperUser(SecuredKafka.Prefix)));
        using var rights = new RightsAdmin(kafka);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var gone = BrokerRights.All(kafka)
            .Single(r => r is { Operation: AclOperation.Write, Resource: BrokerRight.TransactionalId }
                && r.Principal.EndsWith(".payout", StringComparison.Ordinal));
        AclBinding[] beyond =
        [
            (gone with { Principal = "User:mallory", Resource = ResourceType.Topic, Name = SecuredKafka.Prefix + Topics.Results,
                Pattern = ResourcePatternType.Literal }).Binding(),
            (gone with { Principal = "User:*", Resource = ResourceType.Topic, Name = "acl.c",
                Operation = AclOperation.Read }).Binding(),
            (gone with { Principal = "User:acl.front", Resource = ResourceType.Group, Name = "*",
                Pattern = ResourcePatternType.Literal, Operation = AclOperation.Read }).Binding(),
        ];
        await admin.DeleteAclsAsync([gone.Binding().ToFilter()]);
        await admin.CreateAclsAsync(beyond);
        try
        {
            await Known(rights, missing: 1, beyond: beyond.Length);
            var report = await rights.Compare();
            Assert.Equal(["User:acl.payout Write TransactionalId acl.payout-outbox-…"], report.Missing);
            Assert.Equal(
                [
                    "Allow User:* Read Topic acl.c… from *", "Allow User:acl.front Read Group * from *",
                    "Allow User:mallory Write Topic acl.contests.results.v1 from *",
                ], report.Beyond);
            Assert.Equal(
                ExitCodes.CheckFailed, await SecuredKafka.Run("topics rights --grant", broker.SuperUser(SecuredKafka.Prefix)));
        }
        finally
        {
            await admin.DeleteAclsAsync(beyond.Select(b => b.ToFilter()));
        }

        await Known(rights, missing: 0, beyond: 0);
        Assert.Equal(ExitCodes.Success, await SecuredKafka.Run("topics rights", broker.SuperUser(SecuredKafka.Prefix)));
    }

    /// <summary>The controller has the rules at once, the broker a moment later.</summary>
    private static Task Known(RightsAdmin rights, int missing, int beyond) => PipelineScope.Eventually(
        async () => await rights.Compare() is var report && report.Missing.Count == missing && report.Beyond.Count == beyond,
        $"the broker knows of {missing} missing rules and {beyond} beyond");

    [Fact]
    public async Task A_broker_that_checks_nothing_is_named_as_such()
    {
        var refused = await Assert.ThrowsAsync<SettingException>(async () =>
        {
            using var rights = new RightsAdmin(scope.Kafka);
            await rights.Compare();
        });

        Assert.StartsWith("KAFKA_BOOTSTRAP_SERVERS names a Kafka that", refused.Message, StringComparison.Ordinal);
    }
}
