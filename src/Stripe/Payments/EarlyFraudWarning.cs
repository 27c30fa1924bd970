using System.Text.Json.Serialization;

namespace Stripe.Radar
{
    /// <summary>The card's issuer thinks a charge is fraud; a dispute often follows.</summary>
    public sealed class EarlyFraudWarning : StripeEntity<EarlyFraudWarning>, IHasId, IHasObject
    {
        public string Id { get; set; }

        public string Object { get; set; }

        public bool Actionable { get; set; }

        [JsonPropertyName("charge"), JsonConverter(typeof(ExpandableId))]
        public string ChargeId { get; set; }

        public DateTime Created { get; set; } = DateTime.UnixEpoch;

        public string FraudType { get; set; }

        public bool Livemode { get; set; }

        [JsonPropertyName("payment_intent"), JsonConverter(typeof(ExpandableId))]
        public string PaymentIntentId { get; set; }
    }

    /// <summary>Nothing but what to expand.</summary>
    public sealed class EarlyFraudWarningGetOptions : BaseOptions;

    /// <summary>Which warnings to list.</summary>
    public sealed class EarlyFraudWarningListOptions : ListOptions
    {
        public string Charge { get; set; }

        public AnyOf<DateTime?, DateRangeOptions> Created { get; set; }

        public string PaymentIntent { get; set; }
    }

    /// <summary>Reads and lists early fraud warnings.</summary>
    public sealed class EarlyFraudWarningService(IStripeClient client) : Service(client)
    {
        private const string Path = "/v1/radar/early_fraud_warnings";

        public Task<EarlyFraudWarning> GetAsync(
            string id, EarlyFraudWarningGetOptions options = null, RequestOptions requestOptions = null,
            CancellationToken cancellationToken = default) =>
            Get<EarlyFraudWarning>($"{Path}/{Segment(id)}", options, requestOptions, cancellationToken);

        public Task<StripeList<EarlyFraudWarning>> ListAsync(
            EarlyFraudWarningListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
            Get<StripeList<EarlyFraudWarning>>(Path, options, requestOptions, cancellationToken);

        public IAsyncEnumerable<EarlyFraudWarning> ListAutoPagingAsync(
            EarlyFraudWarningListOptions options = null, RequestOptions requestOptions = null, CancellationToken cancellationToken = default) =>
            AllPages<EarlyFraudWarning>(Path, options, requestOptions, cancellationToken);
    }
}

namespace Stripe
{
    /// <summary>The services about fraud.</summary>
    public sealed class RadarService
    {
        internal RadarService(IStripeClient client) => EarlyFraudWarnings = new Radar.EarlyFraudWarningService(client);

        public Radar.EarlyFraudWarningService EarlyFraudWarnings { get; }
    }
}
