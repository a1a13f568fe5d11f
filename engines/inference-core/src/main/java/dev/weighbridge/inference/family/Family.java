package dev.weighbridge.inference.family;

/** One kind of {@code config.json}, by its {@code model_type}, as transformers names it. */
public interface Family {
    /** What stands under {@code model_type}. */
    String modelType();

    /** The class that the checkpoint must have been saved from, if {@code architectures} names one. */
    String architecture();

    /**
     * Says what the model is. Every field that has a bearing on the answers is read; what the definition cannot express is
     * refused by the field's name and value.
     *
     * @throws dev.weighbridge.api.EngineException of category BAD_MODEL when a field is missing, damaged or not supported
     */
    Description describe(Configuration config);
}
