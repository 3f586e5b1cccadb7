package io.freshet.sql;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.catalog.ResolvedCatalogModel;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.FactoryUtil.ModelProviderFactoryHelper;
import org.apache.flink.table.factories.ModelProviderFactory;
import org.apache.flink.table.ml.ModelProvider;

/**
 * Makes the provider of {@code CREATE MODEL … WITH ('provider' = 'freshet', …)}.
 *
 * <p>Columns and options are checked here, when a query with the model is planned; the root is read
 * where the query runs.
 */
public final class FreshetModelFactory implements ModelProviderFactory {
  @Override
  public String factoryIdentifier() {
    return "freshet";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(ModelOptions.ROOT);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return ModelOptions.OPTIONAL;
  }

  @Override
  public ModelProvider createModelProvider(Context context) {
    ModelProviderFactoryHelper helper = FactoryUtil.createModelProviderFactoryHelper(this, context);
    helper.validate();
    ResolvedCatalogModel model = context.getCatalogModel();
    return new PredictorProvider(
        ModelOptions.of(helper.getOptions()),
        InputColumns.of(model.getResolvedInputSchema()),
        OutputColumns.of(model.getResolvedOutputSchema()));
  }
}
